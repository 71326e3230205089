# The generator is told to start and cranks, and does not run within its start time. The step is named, and what to do.
rows GE-01
site small
without sequence generator start
without alarm gen-1/start-not-completed
00:05 set gen-1/engine-state=pre-start
00:08 expect event sequence-begun "gen-1"
00:40 expect alarm gen-1/start-not-completed:supervisory active unacknowledged
00:40 expect event sequence-failed
00:45 set gen-1/engine-state=stopped
00:50 set gen-1/mode=manual
02:00 expect alarm gen-1/mode:supervisory active
02:05 end
