package main

// The half of a witness (C2SP tlog-witness) that checks: what it is asked to cosign is signed by the log and, by tlog's
// CheckTree, a continuation of what it has cosigned. It forgets all when it ends: no witness for anything but a test.

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const cosignature = 0x04

type cosigner struct {
	sync.Mutex
	vkey, name string
	key        ed25519.PrivateKey
	latest     tlog.Tree
}

func (c *cosigner) id() []byte {
	public := c.key.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(append([]byte(c.name+"\n\x04"), public...))
	return sum[:4]
}

func (c *cosigner) verifier() string {
	public := c.key.Public().(ed25519.PublicKey)
	return fmt.Sprintf("%s+%x+%s", c.name, c.id(), base64.StdEncoding.EncodeToString(append([]byte{cosignature}, public...)))
}

func (c *cosigner) line(text string, at int64) string {
	blob := append([]byte{}, c.id()...)
	blob = binary.BigEndian.AppendUint64(blob, uint64(at))
	blob = append(blob, ed25519.Sign(c.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)))...)
	return fmt.Sprintf("— %s %s\n", c.name, base64.StdEncoding.EncodeToString(blob))
}

// "old N", the proof's hashes, an empty line, the checkpoint.
func parse(body []byte) (old int64, proof tlog.TreeProof, signed []byte, err error) {
	head, signed, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || !strings.HasPrefix(lines[0], "old ") {
		return 0, nil, nil, errors.New("this is no request")
	}
	if old, err = strconv.ParseInt(lines[0][4:], 10, 64); err != nil {
		return 0, nil, nil, err
	}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, nil, err
		}
		proof = append(proof, hash)
	}
	return old, proof, signed, nil
}

// The status, and what is answered with it.
func (c *cosigner) judge(body []byte) (int, string) {
	old, proof, signed, err := parse(body)
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	tree, text, err := openCheckpoint(c.vkey, signed)
	if err != nil {
		return http.StatusForbidden, err.Error()
	}
	c.Lock()
	defer c.Unlock()
	switch {
	case old > tree.N:
		return http.StatusBadRequest, "the older tree is the larger one"
	case old != c.latest.N:
		return http.StatusConflict, fmt.Sprintf("%d\n", c.latest.N)
	case old == tree.N && old > 0 && (len(proof) > 0 || tree.Hash != c.latest.Hash):
		return http.StatusUnprocessableEntity, "the same size, and another tree"
	case old == 0 && len(proof) > 0:
		return http.StatusUnprocessableEntity, "nothing follows from nothing"
	case old > 0 && old < tree.N:
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, c.latest.Hash); err != nil {
			return http.StatusUnprocessableEntity, err.Error()
		}
	}
	c.latest = tree
	fmt.Printf("cosigned %d after %d\n", tree.N, old)
	return http.StatusOK, c.line(text, time.Now().Unix())
}

func (c *cosigner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/add-checkpoint" {
		http.Error(w, "only POST /add-checkpoint", http.StatusNotFound)
		return
	}
	status, answer := c.judge(body)
	if status == http.StatusConflict {
		w.Header().Set("Content-Type", "text/x.tlog.size")
	}
	if status != http.StatusOK {
		fmt.Printf("refused with %d: %s\n", status, strings.TrimSpace(answer))
	}
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

// Its own verifier key is the first line that it writes.
func witness(vkey, name, socket string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	c := &cosigner{vkey: vkey, name: name, key: key}
	os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	fmt.Println(c.verifier())
	return http.Serve(listener, c)
}
