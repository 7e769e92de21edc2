consent-title = Consent of { $name }
consent-who-read = Who read
consent-none = Nothing is shared. g allows an organisation to read.
consent-nobody = nobody yet
consent-may-read = May read
consent-for = For
consent-parts = Parts
consent-until = Until
consent-standing = Standing
consent-no-end = no end
consent-read = read
consent-refused = refused
consent-opted-out = No emergency summary for other organisations.
consent-tell = TELL THE PATIENT: emergency { $time }, { $staff } of { $org }
consent-stop-title = Stop sharing?
consent-stop-what = { $org } may then read nothing of { $name } any more, also not by what is being allowed elsewhere at this moment. What was read before cannot be taken back.
consent-stop-yes = stop sharing with { $org }
consent-stop-no = keep

standing-in-force = in force
standing-revoked = stopped
standing-expired = over
standing-not-yet = not yet
standing-parent = ended above
standing-untrusted = not trusted

grant-title = { $name } allows reading
grant-org = Organisation
grant-purpose = What for
grant-days = For days
grant-days-hint = empty: until it is stopped
grant-no-part = mark at least one part of the record with Space
grant-not-days = days: '{ $typed }' is not a number of days: write it like 30, or leave it empty

notice-no-other-org = no other organisation is known here
notice-select-grant = select what is in force with Up and Down, then press s
notice-granted = { $org } may now read
notice-stopped = sharing stopped: block { $seq } ({ $block })
