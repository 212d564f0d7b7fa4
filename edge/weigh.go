package edge

import (
	"edgesim/edge/arena"
	"edgesim/edge/cache"
)

// What an edge's cache holds is decided by what objects weigh, so whoever
// foretells an edge asks here instead of reckoning by itself.

// Weight is an object's share of the cache's capacity, in bytes: its key, its
// stored fields and the memory of its body, with what the edge keeps beside.
// What the shard and the policy keep is not in it.
func Weight(key, fields int, body int64) int64 {
	return objectBytes + int64(key) + int64(fields) + body
}

// BodyMemory is the memory that a complete body of that length takes, in bytes.
// announced: its length was known before it came.
func BodyMemory(length int64, announced bool) int64 {
	told := int64(-1)
	if announced {
		told = length
	}
	var have, memory, took, room int64
	for have < length {
		if whole := (length - have) / onePiece; whole > 1 && nextPiece(have, told) == onePiece {
			have, memory = have+(whole-1)*onePiece, memory+(whole-1)*onePiece
		}
		room = int64(arena.Size(nextPiece(have, told)))
		took = min(room, length-have)
		have, memory = have+took, memory+room
	}
	if wasteful(room, took) {
		if tight := int64(arena.Size(int(took))); tight >= took {
			memory += tight - room
		}
	}
	return memory
}

// Plan is what an edge makes of its configuration.
type Plan struct {
	Shards     []cache.Config
	Largest    int64 // body that is kept, in bytes
	InFlight   int64 // as in Config
	MaxFlights int
}

// Plan checks the configuration and says what an edge would make of it.
func (c Config) Plan() (Plan, error) {
	c, err := c.withDefaults()
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Largest: c.maxObject(), InFlight: c.InFlight, MaxFlights: c.MaxFlights}
	for i := range c.Shards {
		p.Shards = append(p.Shards, c.shard(i))
	}
	return p, nil
}

// PartitionOf is which of so many partitions a key of that hash is in.
func PartitionOf(hash uint64, partitions int) int {
	return int((hash >> 32) * uint64(partitions) >> 32)
}

// JoinedMemory is the memory of a body that is put together from two stretches,
// of so many bytes each, as those of a slice are.
func JoinedMemory(first, second int64) int64 {
	var memory, took, room int64
	for _, left := range [...]int64{first, second} {
		for left > 0 {
			if took == room {
				room, took = int64(arena.Size(int(min(left, onePiece)))), 0
				memory += room
			}
			n := min(room-took, left)
			took, left = took+n, left-n
		}
	}
	if took > 0 && wasteful(room, took) {
		if tight := int64(arena.Size(int(took))); tight >= took {
			memory += tight - room
		}
	}
	return memory
}
