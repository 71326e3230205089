# Duty round the clock: too few signed in is told, who is not relieved stays; the patrol and the maintenance plan fall due by
# themselves, what is late is told without a fire tone, also after a restart; the four forms hold what was done and what was not.
rows FL-05
site duty
without act
without edit site.toml | on-duty = 2 | on-duty = 0
without edit site.toml | at = ["08:05", "20:05"] | at = ["20:05"]
without edit site.toml | dates = ["01"] | dates = ["02"]
00:01 set panel-1/start-auto=true panel-1/start-manual=true
00:05 expect form plan "fan-monthly" "due:2026-01-01T08:10" "Belt and bearings" "smoke-fan-1" "engineer" "outcome:planned"
00:05 expect form plan "fan-yearly" "due:2026-01-03T09:00" "outcome:planned"
# The night shift is there.
01:00 sign-in li
01:05 sign-in wang
05:01 expect event round-due "fire-round"
05:02 expect form patrol "fire-round" "outcome:due"
10:01 expect event round-due "fan-monthly"
12:00 kill
15:01 expect event round-overdue
15:01 expect alarm gateway/patrol.fire-round:self sounding "not recorded by 2026-01-01 08:15"
15:01 expect form patrol "fire-round" "outcome:overdue"
16:00 record li patrol.fire-round display=ok | escape=ok
16:00 expect answer refused items-differ
16:05 record li patrol.fire-round display=ok | escape=boxes before the exit of floor 2 | sprinklers=covered with paint @ smoke-fan-1/running
16:06 expect answer done
16:06 expect event round-recorded "boxes before the exit"
16:06 expect alarm gateway/patrol.fire-round.escape:fault sounding "boxes before the exit"
16:06 expect alarm smoke-fan-1/running.finding:fault "covered with paint"
16:07 ack li gateway/patrol.fire-round:self
16:08 expect none gateway/patrol.fire-round:self
16:10 ack li gateway/patrol.fire-round.escape:fault
16:11 expect unrecorded = 1
16:15 handled li gateway/patrol.fire-round.escape:fault delivery left there | removed, tenant told | clear
16:16 expect unrecorded = 0
16:17 expect form patrol "fire-round" "outcome:recorded-late" "by:li" "item:display" "ok:true" "boxes before the exit of floor 2"
16:18 expect form handling "boxes before the exit" "removed, tenant told"
16:20 record li maintenance.fan-monthly belt=ok | start=ok
16:20 expect answer refused not-permitted
16:25 record chen maintenance.fan-monthly belt=ok | start=ok
16:26 expect form maintenance "fan-monthly" "outcome:recorded" "by:chen" "smoke-fan-1" "Belt and bearings"
16:26 expect form plan "fan-monthly" "outcome:recorded" "by:chen"
16:27 expect published event "kind:round-recorded"
# 08:20: the next shift. Li and Wang signed in within the hour before it: they are there.
25:01 expect none gateway/duty:self
25:10 sign-out li
25:10 expect answer refused no-relief
25:20 sign-in sun
25:30 sign-out li
25:31 expect answer done
25:31 expect event signed-out "li"
25:40 sign-out wang
25:40 expect answer refused no-relief
25:45 end
