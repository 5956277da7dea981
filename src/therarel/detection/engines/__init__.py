"""Detection where the data is: lazy tables of DuckDB, Spark and polars, and Parquet files larger than memory."""

from therarel.detection.engines.folder import FolderDetection, detect_folder
from therarel.detection.engines.lazy import NotInEngineError, detect_lazy
from therarel.detection.engines.preparing import LeftOut

__all__ = ["FolderDetection", "LeftOut", "NotInEngineError", "detect_folder", "detect_lazy"]
