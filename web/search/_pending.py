from indexes.engine import EngineUnavailableError
def search(*a): raise EngineUnavailableError("none")
