# The key of a start: pressed once it sends the start and shows it as commanded; pressed again it withdraws the command, and
# the fan stops because a person wants it, not because anything else is over.
rows FA-21
site linked
without linkage smoke
without status smoke-fan-1/running
without act
00:01 set panel-1/start-manual=true
00:05 set panel-2/d1=true
00:08 expect event action-proposed "Start control"
00:10 do li smoke 0
00:12 expect wrote smoke-fan-1 coil 0 = 1
00:20 expect event feedback-arrived
00:20 expect alarm smoke-fan-1/start-command:start
00:30 withdraw-action li smoke 0
00:32 expect event action-withdrawn "li"
00:32 expect wrote smoke-fan-1 coil 1 = 1
01:30 expect point smoke-fan-1/running false
01:35 end
