# A fault whose removal takes too long is told again; what is over and whose cause nobody wrote down is listed, and told at the
# change of shifts, until somebody writes it down. Alarm, linkage, command, isolation: each has its handling record, with what,
# where, when, who noticed, every step with its time and person, what it came from, what was done, when it was over.
rows FL-04
site duty
without act
without edit site.toml | standing-fault = "10m" | standing-fault = "24h"
without edit site.toml | shifts = ["08:20", "16:00", "00:00"] | shifts = []
without linkage smoke
rest panel-1/start-auto=true panel-1/start-manual=true
# A false alarm, its linkage and what it moved.
00:10 set panel-1/d1=true
00:13 expect alarm panel-1/d1:fire sounding
00:15 silence li
00:20 ack li panel-1/d1:fire
00:25 judge li panel-1/d1:fire false steam from the kitchen
00:30 note li panel-1/d1:fire hood switched on again
00:31 expect event noted "hood"
01:00 set panel-1/d1=false
01:10 reset li device panel-1
01:40 expect none panel-1/d1:fire
01:41 expect form handling "of:alarm" "Fire" "floor:1" "began:2026-01-01T08:00:10" "noticed:{" "by:li" "how:silenced" "kind:acknowledged" "verdict:false" "steam from the kitchen" "hood switched on again" "kind:linkage-met" "kind:closed" "over:2026-01-01T08:01" "owed:false"
01:41 expect form handling "of:linkage" "Smoke exhaust in a fire" "kind:action-started" "kind:feedback-arrived"
01:41 expect form handling "of:command" "smoke-fan-1" "kind:command-requested" "kind:command-confirmed" "over:2026-01-01"
01:42 expect unrecorded = 0
# A true fault: over, and nobody said what it came from.
02:00 set smoke-fan-1/control-power=false
02:10 expect alarm smoke-fan-1/control-power:mains-fault
02:20 ack li smoke-fan-1/control-power:mains-fault
03:00 isolate li smoke-fan-1/control-power 30 fuse is on order
03:05 expect form handling "of:isolation" "by:li" "fuse is on order" "over:null"
03:10 release li smoke-fan-1/control-power
12:30 expect event fault-standing
12:30 expect alarm smoke-fan-1/control-power.standing:self sounding "not removed"
12:40 ack li smoke-fan-1/control-power.standing:self
13:00 kill
18:00 set smoke-fan-1/control-power=true
18:20 expect none smoke-fan-1/control-power:mains-fault
18:20 expect none smoke-fan-1/control-power.standing:self
18:20 expect unrecorded = 1
18:20 expect form handling "mains-fault" "owed:true" "kind:fault-standing"
20:05 expect alarm gateway/handling:self sounding "1 alarms or faults without a handling record"
20:10 handled li smoke-fan-1/control-power:mains-fault fuse of the control supply blown | fuse replaced, motor measured | runs normally
20:11 expect event handled "fuse replaced"
20:11 expect unrecorded = 0
20:11 expect form handling "mains-fault" "cause:fuse of the control supply blown" "measure:fuse replaced, motor measured" "result:runs normally" "lasted_s:9" "owed:false"
20:11 expect published event "kind:handled"
20:20 end
