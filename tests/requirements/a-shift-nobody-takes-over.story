# Nobody has signed in when the shift begins: that is told, and told until two are there.
rows FL-05
site duty
without act
without edit site.toml | on-duty = 2 | on-duty = 0
00:01 set panel-1/start-auto=true panel-1/start-manual=true
04:00 expect none gateway/duty:self
# The process has just started, in the shift that began at midnight.
05:05 expect event shift-short "needs:2"
05:05 expect alarm gateway/duty:self sounding "needs 2; signed in: nobody"
05:10 ack li gateway/duty:self
05:11 expect alarm gateway/duty:self silent
06:00 sign-in wang
# 08:20: nobody new; who was there stays, and it is told again.
25:05 expect event shift-short "needs:2" "came:[wang]"
25:05 expect alarm gateway/duty:self sounding count=2
25:10 sign-in li
25:11 expect alarm gateway/duty:self quiet unacknowledged
25:20 ack li gateway/duty:self
25:21 expect none gateway/duty:self
25:30 end
