# A key that was used for one act is refused for another, also across a restart: nobody is told that it is done.
00:10 edge io-1/d9:fire true
00:11 edge panel-1/d1:fire true
00:12 ack li#k1 io-1/d9:fire
00:13 silence li#k1
00:14 ack li#k1 panel-1/d1:fire
00:15 kill
00:16 ack li#k1 panel-1/d1:fire
00:17 ack li#k1 io-1/d9:fire
00:18 ack wang#k1 panel-1/d1:fire
