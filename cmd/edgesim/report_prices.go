package main

import (
	"os"

	"edgesim/results/price"
)

// priceList reads the user's prices; without a file it is nil, the default.
func priceList(path string) (*price.List, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("--prices: %v", err)
	}
	defer f.Close()
	list, err := price.Read(f)
	if err != nil {
		return nil, usagef("--prices %s: %v", path, err)
	}
	return list, nil
}
