"""Detection where the data is: tables of DuckDB, Spark and polars, and Parquet files larger than memory."""

from therarel.detection.feeding.folder import FolderDetection, detect_folder
from therarel.detection.feeding.lazy import detect_lazy
from therarel.detection.feeding.rows import LeftOut

__all__ = ["FolderDetection", "LeftOut", "detect_folder", "detect_lazy"]
