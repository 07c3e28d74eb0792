"""Where versions come from and what comes of them: facts of runs, the graph, recalls, and how things stood when."""
