"""The training of models of lines on randomised experiments; needs the extra `train`."""
