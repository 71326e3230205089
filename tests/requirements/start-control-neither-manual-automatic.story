# Start control: neither, and nothing is started, by the linkage or by a person's key; manual, and a person starts what the
# linkage proposes; automatic, and the linkage starts by itself.
rows FA-17
site linked
without linkage smoke
without status panel-1/start-auto-allowed
without status panel-1/start-manual-allowed
without edit site.toml | panel = "panel-1" # the start control of the fan | # none
without act
00:05 set panel-2/d1=true
00:08 expect event linkage-met "smoke"
00:08 expect event action-proposed "start-control"
00:09 command li smoke-fan-1/start start
00:10 do li smoke 0
00:14 expect wrote none
00:15 set panel-1/start-manual=true
00:20 do li smoke 0
00:22 expect event action-released "li"
00:22 expect wrote smoke-fan-1 coil 0 = 1
00:32 expect event feedback-arrived
00:40 command li smoke-fan-1/stop stop
00:42 expect wrote smoke-fan-1 coil 1 = 1
00:45 ack li panel-2/d1:fire panel-2/auto-start-barred:supervisory
00:50 set panel-2/d1=false panel-1/start-auto=true
00:55 reset li device panel-2
01:00 expect event linkage-over
01:20 set panel-2/d2=true
01:24 expect event action-started "targets"
01:40 end
