# A point that the site does not list is isolated and released like any other.
00:05 isolate li panel-9/l3-p5 60 dust
00:10 record panel-9 says l3-p5:fire true
00:11 ack li panel-9/l3-p5:fire
00:12 isolate li panel-9/l3-p5 60 dust
00:20 record panel-9 reset
00:21 record panel-9 says l3-p5:fire true
00:30 release li panel-9/l3-p5
00:40 close li panel-9/l3-p5:fire
