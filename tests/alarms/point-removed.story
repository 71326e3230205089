# Occurrences of removed points stay open until a person closes them.
00:10 edge io-1/lift:emergency true
00:11 close li io-1/lift:emergency
00:12 without io-1
00:13 close li io-1/lift:emergency
