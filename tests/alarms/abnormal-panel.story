# FA-08: somebody smells it: a row with what must be done at once, until somebody acknowledges it.
00:05 abnormal li panel-1
00:06 abnormal li panel-77 smells burnt
00:07 abnormal li panel-1 smells burnt
00:08 silence li
00:10 abnormal wang panel-1 now there is smoke
00:12 ack wang panel-1/abnormal:emergency
