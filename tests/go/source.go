package main

// Where files of a log are read: a folder, or a service behind a socket.

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type fetcher func(path string) ([]byte, error)

func source(at string) fetcher {
	socket := strings.TrimPrefix(at, "unix:")
	if socket == at {
		return func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(at, path)) }
	}
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	return func(path string) ([]byte, error) {
		answer, err := client.Get("http://log/log/" + path)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, answer.Status)
		}
		return io.ReadAll(answer.Body)
	}
}

// C2SP's paths are those of Go without the tiles' height, which is 8 for all.
func tilePath(t tlog.Tile) string {
	return strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", t.H), "tile/", 1)
}

const height, width = 8, 256

// A tlog.TileReader.
type tiles struct {
	fetch fetcher
	saved int // that were found to be those of the tree
}

func (s *tiles) Height() int { return height }

func (s *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, t := range wanted {
		var err error
		if data[i], err = s.fetch(tilePath(t)); err != nil {
			return nil, err
		}
		if len(data[i]) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes, not %d", tilePath(t), len(data[i]), t.W*tlog.HashSize)
		}
	}
	return data, nil
}

func (s *tiles) SaveTiles(t []tlog.Tile, _ [][]byte) { s.saved += len(t) }
