# In the podium the panel acts and the gateway verifies. Nothing comes: each of the nine actions is an alarm with the next manual
# step. What comes late ends its alarm.
rows FL-02 SH-01
site sample
without linkage podium-fire
without act
00:05 set panel-2/l2-d7.event=fire panel-2/l2-d7.active=true panel-2/l2-d7.inactive=false
00:10 ack li panel-2/l2-d7:fire
00:15 judge li panel-2/l2-d7:fire real
00:15 expect event linkage-met "podium-fire"
00:36 expect alarm cut-2/circuit-1.feedback:fault sounding "Open the non-fire breakers by hand"
00:36 expect alarm smoke-3/start.feedback:fault "Start the smoke fan by hand"
00:36 expect alarm supply-2/start.feedback:fault "Start the supply fan by hand"
00:36 expect alarm broadcast-4/floor-5.feedback:fault "by microphone"
00:46 expect alarm ats-1/start.feedback:fault "Turn the transfer switch to backup by hand"
00:46 expect alarm gen-1/start.feedback:fault "Start it by hand in the generator room"
00:46 expect alarm pump-1/start.feedback:fault "Start the pump by hand in the pump room"
00:46 expect event feedback-missing
01:46 expect alarm lift-4/start.feedback:fault "Use the recall key on floor 1"
01:50 set lift-4/recall-command=true lift-4/recalled=true lift-4/fire-mode=true
01:55 expect alarm lift-4/start.feedback:fault quiet
03:16 expect alarm shutter-1/start.feedback:fault "See that nobody is below"
03:16 expect alarm shutter-2/start.feedback:fault
03:16 expect published alarm/ "疏散"
03:16 expect wrote none
03:20 end
