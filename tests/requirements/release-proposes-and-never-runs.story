# A detector is isolated for repair and alarms meanwhile: nothing is started. Its release counts what it says at once: the
# alarm sounds, the linkage is met and only proposed, although it is automatic and may start; a person decides.
rows FA-07
site linked
without linkage smoke
without alarm panel-2/d1
without act
00:01 set panel-1/start-auto=true panel-1/start-manual=true
00:03 isolate li panel-2/d1 60 dust in the chamber
00:05 set panel-2/d1=true
00:10 expect alarm panel-2/d1:fire active isolated silent
00:12 expect wrote none
00:15 release li panel-2/d1
00:16 expect event linkage-met "smoke"
00:16 expect event action-proposed "after-release"
00:16 expect alarm panel-2/d1:fire active unacknowledged sounding
00:16 expect published alarm/ "panel-2/d1"
01:00 expect wrote none
01:05 do li smoke 0
01:08 expect wrote smoke-fan-1 coil 0 = 1
01:15 end
