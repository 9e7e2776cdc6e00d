// The Go project's own code for logs in tiles (golang.org/x/mod/sumdb: note and tlog), set on a log of Tenure.
// Nothing here knows more of Tenure than C2SP's tlog-tiles says of any log.
//
//	reader prove VKEY SOURCE [OLD]     every entry is in the tree that the checkpoint signs, and OLD, a checkpoint of
//	                                   before, is its beginning; SOURCE is a folder or unix:SOCKET
//	reader mirror VKEY SOURCE FOLDER   keeps what was read, as it was served
//	reader witness VKEY NAME SOCKET    cosigns what follows from what it has cosigned, and nothing else
package main

import (
	"errors"
	"fmt"
	"os"
)

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "prove":
		return prove(args[1], source(args[2]), args[3:])
	case len(args) == 4 && args[0] == "mirror":
		return mirror(args[1], source(args[2]), args[3])
	case len(args) == 4 && args[0] == "witness":
		return witness(args[1], args[2], args[3])
	}
	return errors.New("see the head of main.go")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "reader:", err)
		os.Exit(1)
	}
}
