// Checks a log with golang.org/x/mod/sumdb, which knows nothing of this project: every entry's inclusion in a signed
// tree, and that the tree only grew.
//
//	verify <verifier key> <address or folder> <earlier checkpoint file>
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type source string

func (s source) get(path string) ([]byte, error) {
	if !strings.HasPrefix(string(s), "http") {
		return os.ReadFile(filepath.Join(string(s), path))
	}
	answer, err := http.Get(string(s) + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (s source) Height() int { return height }

// Go's own path is tile/8/0/001; the height stands in no path of c2sp.org/tlog-tiles.
func (s source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := s.get("tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (s source) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func tree(text []byte, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("a checkpoint of %s", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	found := tlog.Tree{N: size}
	if copy(found.Hash[:], root) != tlog.HashSize {
		log.Fatal("a root that is no hash")
	}
	return found
}

func entries(s source, index, size int64) [][]byte {
	path := strings.TrimPrefix(tlog.Tile{H: height, L: -1, N: index, W: 256}.Path(), "tile/8/data/")
	if width := size - index*256; width < 256 {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	data, err := s.get("tile/entries/" + path)
	must(err)
	var all [][]byte
	for in := bytes.NewReader(data); in.Len() > 0; {
		var length uint16
		must(binary.Read(in, binary.BigEndian, &length))
		entry := make([]byte, length)
		_, err := io.ReadFull(in, entry)
		must(err)
		all = append(all, entry)
	}
	return all
}

func main() {
	key, from := os.Args[1], source(os.Args[2])
	text, err := os.ReadFile(os.Args[3])
	must(err)
	old := tree(text, key)
	text, err = from.get("checkpoint")
	must(err)
	now := tree(text, key)
	fmt.Printf("checkpoint: signed, size %d\n", now.N)
	hashes := tlog.TileHashReader(now, from)

	proof, err := tlog.ProveTree(now.N, old.N, hashes)
	must(err)
	must(tlog.CheckTree(proof, now.N, now.Hash, old.N, old.Hash))
	fmt.Printf("consistency: size %d grew to %d\n", old.N, now.N)

	count := int64(0)
	for index := int64(0); index*256 < now.N; index++ {
		for _, entry := range entries(from, index, now.N) {
			proof, err := tlog.ProveRecord(now.N, count, hashes)
			must(err)
			must(tlog.CheckRecord(proof, now.N, now.Hash, count, tlog.RecordHash(entry)))
			count++
		}
	}
	if count != now.N {
		log.Fatalf("%d entries", count)
	}
	fmt.Printf("inclusion: all %d entries\n", count)
}
