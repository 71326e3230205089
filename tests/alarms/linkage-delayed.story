site linkages
# Automatic, after 30 s. What stops a pump that runs for fire safety is proposed, never done.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false ahu-1/stopped false
00:10 edge lp/d3:fire true
00:12 status ahu-1/stopped true
# A manual call point ends the delay.
00:20 edge lp/c1:fire true
00:24 status pump-9/running true
# The fire is judged false: what has not begun is cancelled, and the pump runs on.
00:30 judge li lp/d3:fire false cooking
00:31 wait
# Only a person stops it.
00:40 command li pump-9/run stop
