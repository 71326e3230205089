site linkages
# The journal does not answer: automatic commands become proposals.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false ahu-1/stopped false
00:10 disk hangs
# Decided while nobody knew: the command waits for its record, and is given up after half a second.
00:11 edge lp/d3:fire true
00:12 wait
# Known by now: the pump's delay ends, and it is only proposed.
00:45 wait
# What a person wants goes on.
00:46 do li auto 0
00:50 disk works
