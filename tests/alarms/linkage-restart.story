site linkages
# The gateway dies while a delay runs and is back in time: the delay goes on to its end.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false ahu-1/stopped false
00:10 edge lp/d3:fire true
00:12 status ahu-1/stopped true
00:20 kill 5
00:26 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false
00:41 status pump-9/running true
00:45 judge li lp/d3:fire false cooking
00:46 edge lp/d3:fire false
# The detector acts again: that is nobody's false alarm any more. Killed once more, and back too late: what fell due
# meanwhile is proposed, never done late.
01:00 edge lp/d3:fire true
01:10 kill 60
02:11 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false
02:12 do li auto 0
