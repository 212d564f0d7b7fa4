package edge

// forwarding are the rows of RFC 9110 §5.3 and §7: what an intermediary does with
// a message that it passes on.
var forwarding = []rule{
	{section: "9110 §5.3", level: must, says: "lines of one name are one list: each counts in the key, and goes on in its order", by: "TestEveryLineOfAKeyedFieldCounts"},
	{section: "9110 §7.2", level: must, says: "a request passed on has one Host: the origin's name, or the viewer's as the key has it", by: "TestTheHostGoesAsItIsKeyed"},
	{section: "9110 §7.6.1", level: must, says: "fields of one connection stay on it: Keep-Alive, Proxy-Connection, TE, Transfer-Encoding, Upgrade", by: "TestFieldsOnTheWayToTheOrigin"},
	{section: "9110 §7.6.1", level: must, says: "a field that Connection lists is in no key either", by: "TestConnectionTakesFieldsOutOfTheKey"},
	{section: "9110 §7.6.3", level: must, says: "Via goes with every request: those before us, then us with the version by which it came", by: "TestViaOnBothSides"},
	{section: "9110 §7.6.3", level: may, says: "and with every response", by: "TestViaOnBothSides"},
	{section: "9110 §7.7", level: must, says: "path and query go on as they came, byte for byte, as far as the key has them", by: "TestThePathIsKept"},
}
