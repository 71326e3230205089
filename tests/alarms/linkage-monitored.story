site linkages
# The panel is to start the smoke fan: its feedback must come within 10 s, and does not.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running false
00:10 edge lp/d1:fire true
# At 00:20 it is missing; a late one ends the fault, which still waits for its acknowledgement.
00:25 status fan-1/running true
00:26 ack li lp/d1:fire fan-1/run.feedback:fault
# Reset: the cause is gone, and the run is over. Nothing is stopped.
00:27 edge lp/d1:fire false
00:28 wait
# Once more, and now the feedback cannot be read.
00:30 status fan-1/running unknown
00:31 edge lp/d1:fire true
00:45 wait
