# An emergency does not latch, but its row stays until it is acknowledged and over.
00:10 edge io-1/lift:emergency true
00:20 edge io-1/lift:emergency false
00:30 edge io-1/lift:emergency true
00:40 ack li io-1/lift:emergency
00:50 edge io-1/lift:emergency false
