python -m pip install --disable-pip-version-check<% for file in words %> -r <%= file %><% endfor %>

