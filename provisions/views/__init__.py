"""The pages. A view turns a request into a question, asks one reader or writer, and shows the answer."""
