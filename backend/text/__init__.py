"""What people write: cleaned, shown safely, searched, and compared with what others wrote.

`markup` turns source text into safe HTML or plain text, with `links` and `lists` for addresses and numbers.
`folding` and `compounds` bring spellings together, `search` prepares words for full text search, `similarity` finds
proposals that say much the same, `skeleton` tells which names pass for one another.
Nothing here touches the database.
"""
