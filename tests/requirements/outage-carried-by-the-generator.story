# An outage: the generator must run within 15 s and the fire supply must stand on it within 30 s. It does, and nothing is told of it; in
# the second outage it does not, and each is an alarm with the next manual step.
rows GE-01 PW-01
site sample
without linkage outage
without status gen-1/running
without status ats-1/on-backup
00:05 set ats-1/normal-supply=false ats-1/backup-supply=false
00:08 expect event linkage-met "outage"
00:15 set gen-1/engine-state=warming-up gen-1/speed=1500
00:20 set ats-1/backup-supply=true ats-1/on-normal=false ats-1/on-backup=true gen-1/engine-state=running
00:24 expect event feedback-arrived
00:24 expect event feedback-arrived
00:40 expect none gen-1/start.feedback:fault
00:40 expect none ats-1/transfer.feedback:fault
01:00 set ats-1/normal-supply=true ats-1/on-normal=true ats-1/on-backup=false gen-1/engine-state=stopped
02:00 set ats-1/normal-supply=false ats-1/backup-supply=false
02:20 expect alarm gen-1/start.feedback:fault sounding "look at its battery and fuel"
02:35 expect alarm ats-1/transfer.feedback:fault "Change over by hand"
02:35 expect published alarm/ "手动转换"
02:40 end
