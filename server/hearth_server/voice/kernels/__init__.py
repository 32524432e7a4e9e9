"""The compiled plane: from the datagram to the datagrams, in one loop that never needs Python."""
