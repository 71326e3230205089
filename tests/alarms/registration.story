# FA-22: a panel registers its devices anew; what it shows then is compared with the list.
00:01 edge panel-3/l1-d1:fire false
00:02 edge panel-3/l1-d2:fire false
00:05 register li panel-3
00:06 register chen panel-3
02:07 ack li panel-3/registration:fault
# the missing one is back: the next registration ends the fault
02:10 edge panel-3/l2-d1:fire false
02:20 register chen panel-3
04:21 wait
# a panel that says what the site does not list
04:30 register chen panel-9
04:35 record panel-9 says l9-d9:fault true
06:31 wait
# a panel whose profile has the verb; killed while it runs
07:00 register chen panel-4
07:05 kill
09:01 wait
