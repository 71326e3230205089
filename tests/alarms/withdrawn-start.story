# FA-21: the key of the manual start panel pressed again takes the start back, as the act of whoever presses it.
00:05 command li panel-4/m1 start
00:06 news panel-4/m1 start accepted
00:07 news panel-4/m1 start confirmed
00:10 take-back wall panel-4/m1 start
00:11 take-back wang panel-4/m1 start
00:12 take-back wang panel-4/m1 start
00:13 news panel-4/m1 stop confirmed
# what has no opposite, and what must be armed
00:20 command chen panel-4/cancel cancel
00:21 take-back chen panel-4/cancel cancel
00:22 command li panel-2/d1 isolate
00:23 take-back li panel-2/d1 isolate
