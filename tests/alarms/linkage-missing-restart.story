site linkages
# A feedback that was missing and came late is over, also after a restart: its row is in doubt until the fan is read again, and
# closes then, once somebody has acknowledged it. Nobody awaits it any more.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running false
00:10 edge lp/d1:fire true
00:25 status fan-1/running true
00:30 kill 1
00:32 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running true
00:35 ack li fan-1/run.feedback:fault
00:40 wait
