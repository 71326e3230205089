site linkages
# Manual: proposed, and sent only when a person says so.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running false
00:10 edge lp/d2:fire true
00:12 do wall propose 0
00:13 do li propose 0
# Twice is once.
00:14 do li propose 0
00:15 status fan-1/running true
# Pressing it again withdraws it: the fan is stopped, because a person wants it.
00:20 withdraw-action li propose 0
00:21 withdraw-action li propose 0
