// Belongs to baton_test_headers, which needs a source.
