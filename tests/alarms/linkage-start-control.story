site linkages
# Neither automatic nor manual start is allowed, or nobody knows: nothing is started (FA-17).
00:01 edge lp/d3:fire true
00:02 do li auto 1
00:03 status lp/start-auto-allowed false lp/start-manual-allowed false
00:04 do li auto 1
00:05 command li fan-1/run start
# A stop is a person's separate act, whatever start control says.
00:06 command li fan-1/run stop
00:32 do li auto 0
00:33 status lp/start-manual-allowed true
00:34 do li auto 0
00:35 status pump-9/running true
