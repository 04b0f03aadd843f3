using System;

namespace ModelCompiler;

/// <summary>A token or label names a row that a table does not have.</summary>
public sealed class RowOutOfRangeException(string message) : ArgumentOutOfRangeException(null, message);
