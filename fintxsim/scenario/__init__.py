"""Scenario files: reading, checking, completing and writing them.

Import what is needed from the modules: this file stays empty of imports.

    find      a name or a path -> the file
    reading   the file -> text, within limits
    yaml12    text -> nodes that know their line and column
    extends   a file and the files it extends -> one tree
    overrides ``--set a.b=c`` -> the tree, changed
    strictness  values of the wrong type that pydantic would quietly convert
    messages  what pydantic says -> problems in plain English, at their place
    load      all of these in order
    dump      a scenario -> text, and its digest
    schema    a scenario class -> JSON schema for editors
"""
