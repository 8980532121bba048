"""The part of OpenSearch's REST API in use here: bulk loading, k-NN, match, bool and term. All else is refused."""
