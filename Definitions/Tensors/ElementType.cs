namespace ModelCompiler;

/// <summary>What one element of a tensor is.</summary>
public enum ElementType
{
    /// <summary>IEEE binary32, "f32".</summary>
    Float32,

    /// <summary>Signed 32-bit integer, "i32".</summary>
    Int32,

    /// <summary>Truth value, "bool".</summary>
    Boolean,
}
