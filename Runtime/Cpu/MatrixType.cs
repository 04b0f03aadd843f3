namespace ModelCompiler.Runtime.Cpu;

/// <summary>How the elements of an operand are stored, and what a product makes of them when it reads them.</summary>
public enum MatrixType
{
    /// <summary>fp32, as it is.</summary>
    Float32,

    /// <summary>fp32, rounded to 10 bits of mantissa, ties away from zero, as PTX's cvt.rna.tf32 does.</summary>
    TensorFloat32,

    /// <summary><see cref="Cpu.BFloat16"/>.</summary>
    BFloat16,

    /// <summary><see cref="System.Half"/>.</summary>
    Float16,

    /// <summary><see cref="Cpu.Float8E4M3"/>, times the inverse of a scale.</summary>
    Float8E4M3,

    /// <summary><see cref="Cpu.Float8E5M2"/>, times the inverse of a scale.</summary>
    Float8E5M2,
}
