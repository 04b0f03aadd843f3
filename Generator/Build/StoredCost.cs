namespace ModelCompiler.Build;

/// <summary>Buffers of a training step that are stored in one type.</summary>
/// <param name="Type">Such as bf16.</param>
/// <param name="Buffers">How many.</param>
/// <param name="Bytes">Of all of them; those that live at different times share memory.</param>
sealed record StoredCost(string Type, long Buffers, long Bytes);
