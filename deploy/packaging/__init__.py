"""Builds the zip that Lambda gets, for one stage. `script/package STAGE` starts it.

Zappa's own packager is not used: it copies dependencies over the project, takes whatever the
virtual environment holds, dates everything 1980 so that no .pyc is valid, and writes other bytes
each time. `zappa deploy STAGE --zip FILE` and `zappa update STAGE --zip FILE` take this zip as it
is. What it shares with Zappa's is the contract, which lies in its root:

    handler.py            what Lambda calls: our own few lines before Zappa's handler
    zappa_settings.py     the stage's settings, in the words of Zappa's own writer
    django_zappa_app.py   Zappa's way to Django, for `zappa manage`
    package_info.json     which version of the site this is
    cafe_site/ reports/ manage.py, var/static/ (collected), the database's CA, and dependencies

The same input gives the same bytes: entries are sorted and dated 1980, and .pyc files are told not
to look at dates.
"""
