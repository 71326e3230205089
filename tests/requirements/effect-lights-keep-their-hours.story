# Effect lights against their timetable: dark inside their hours or lit outside of them is a fault at the circuit, with what to look
# at; so is a lamp that disagrees with its timer. The timetable is a linkage with a clock, in monitor mode.
rows LT-01
site lighting
without linkage lights-on
without linkage lights-off
without alarm lights-1/circuit-1
without act
00:50 expect none lights-1/circuit-1.feedback:fault
01:05 set lights-1/circuit-1.on=true lights-1/circuit-1.timer=true
01:05 expect event linkage-met "lights-on"
01:25 expect none lights-1/circuit-2.feedback:fault
01:40 expect alarm lights-1/circuit-2.feedback:fault "Dark inside its hours"
01:40 expect none lights-1/circuit-1.feedback:fault
02:00 set lights-1/circuit-2.on=true lights-1/circuit-2.timer=true
02:05 expect alarm lights-1/circuit-2.feedback:fault quiet
02:10 ack li lights-1/circuit-2.feedback:fault
02:15 expect none lights-1/circuit-2.feedback:fault
02:30 set lights-1/circuit-1.on=false
03:15 expect alarm lights-1/circuit-1.feedback:fault active "Dark inside its hours"
03:35 expect alarm lights-1/circuit-1:fault "Look at the contactor"
03:40 set lights-1/circuit-1.on=true
04:05 set lights-1/circuit-1.on=false lights-1/circuit-1.timer=false
04:10 expect event linkage-met "lights-off"
04:45 expect alarm lights-1/circuit-2.feedback:fault active "Lit outside of its hours"
05:00 set lights-1/circuit-2.on=false lights-1/circuit-2.timer=false
05:10 expect alarm lights-1/circuit-2.feedback:fault quiet
05:15 end
