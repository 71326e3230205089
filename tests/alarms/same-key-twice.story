# The same idempotency key changes nothing twice, also across a restart.
00:10 edge io-1/d9:fire true
00:11 ack li#k1 io-1/d9:fire
00:12 ack li#k1 io-1/d9:fire
00:13 kill
00:14 ack li#k1 io-1/d9:fire
