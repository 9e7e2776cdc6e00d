package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A checkpoint that the key signed: origin, size, root, and whatever lines follow.
func openCheckpoint(vkey string, signed []byte) (tree tlog.Tree, text string, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, "", err
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, "", err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, "", errors.New("this is no checkpoint of " + verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, "", err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, n.Text, err
}

// The entries of a bundle: two bytes of length before each.
func entries(bundle []byte) (all [][]byte, err error) {
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, errors.New("a bundle ends within a length")
		}
		n := int(bundle[0])<<8 | int(bundle[1])
		if len(bundle) < 2+n {
			return nil, errors.New("a bundle ends within an entry")
		}
		all = append(all, bundle[2:2+n])
		bundle = bundle[2+n:]
	}
	return all, nil
}

func bundlePath(n, size int64) string {
	w := int(size - n*width)
	if w > width {
		w = width
	}
	t := tlog.Tile{H: height, L: 0, N: n, W: w}
	return strings.Replace(tilePath(t), "tile/0/", "tile/entries/", 1)
}

// Each entry of the bundles, by a proof of its own.
func proveEntries(fetch fetcher, tree tlog.Tree, hashes tlog.HashReader) error {
	for n := int64(0); n*width < tree.N; n++ {
		bundle, err := fetch(bundlePath(n, tree.N))
		if err != nil {
			return err
		}
		all, err := entries(bundle)
		if err != nil {
			return err
		}
		if want := tree.N - n*width; int64(len(all)) != want && len(all) != width {
			return fmt.Errorf("%s has %d entries", bundlePath(n, tree.N), len(all))
		}
		for i, entry := range all {
			index := n*width + int64(i)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	return nil
}

// The older tree is the beginning of this one.
func proveOlder(vkey, file string, tree tlog.Tree, hashes tlog.HashReader) (tlog.Tree, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	old, _, err := openCheckpoint(vkey, signed)
	if err != nil {
		return old, err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return old, err
	}
	return old, tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func prove(vkey string, fetch fetcher, older []string) error {
	signed, err := fetch("checkpoint")
	if err != nil {
		return err
	}
	tree, _, err := openCheckpoint(vkey, signed)
	if err != nil {
		return err
	}
	read := &tiles{fetch: fetch}
	hashes := tlog.TileHashReader(tree, read)
	if err := proveEntries(fetch, tree, hashes); err != nil {
		return err
	}
	for _, file := range older {
		old, err := proveOlder(vkey, file, tree, hashes)
		if err != nil {
			return err
		}
		fmt.Printf("the tree of %d entries is the beginning of that of %d\n", old.N, tree.N)
	}
	if tree.N > 0 && read.saved == 0 {
		return errors.New("no tile was found to be of the tree")
	}
	fmt.Printf("%d entries are in the tree that %s signed\n", tree.N, strings.SplitN(vkey, "+", 2)[0])
	return nil
}

func mirror(vkey string, fetch fetcher, folder string) error {
	keep := func(path string) ([]byte, error) {
		data, err := fetch(path)
		if err != nil {
			return nil, err
		}
		to := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return nil, err
		}
		return data, os.WriteFile(to, data, 0o644)
	}
	return prove(vkey, keep, nil)
}
