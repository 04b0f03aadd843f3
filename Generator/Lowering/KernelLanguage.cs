using System.Globalization;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>What kernels of a target are written in: how a number, a place and an operation are spelled.</summary>
abstract class KernelLanguage
{
    /// <summary>C# over vectors of 16 elements.</summary>
    public static KernelLanguage Vectors { get; } = new VectorLanguage();

    /// <summary>CUDA C over single elements.</summary>
    public static KernelLanguage Cuda { get; } = new CudaLanguage();

    /// <summary>The type a local is declared with.</summary>
    public abstract string Type(ElementType type);

    public abstract string Constant(double number);

    /// <summary>The place on an axis of length 1.</summary>
    public abstract string Zero { get; }

    /// <summary>A length as a number to compute with.</summary>
    public abstract string Number(string length);

    /// <summary>A number that is an operand of the kernel.</summary>
    public abstract string Repeat(string number);

    /// <summary>A number as it is found again where it has been stored.</summary>
    public abstract string Round(StorageType storage, string number);

    /// <summary>An elementwise operation of its inputs.</summary>
    public abstract string Apply(Value value, object[] inputs);

    sealed class VectorLanguage : KernelLanguage
    {
        public override string Type(ElementType type) => "var";

        public override string Constant(double number) => $"Vector512.Create({CSharpLiteral.Float(number)})";

        public override string Zero => "Vector512<int>.Zero";

        public override string Number(string length) => $"Vector512.Create((float){length})";

        public override string Repeat(string number) => $"Vector512.Create({number})";

        public override string Round(StorageType storage, string number) =>
            $"Lanes.RoundTo{(storage == StorageType.Float16 ? "Float16" : "BFloat16")}({number})";

        public override string Apply(Value value, object[] inputs)
        {
            string formula = string.Format(CultureInfo.InvariantCulture, value.Op.Facet.Formula, inputs);
            bool isIntegerMask = value.Type == ElementType.Boolean && value.Inputs[0].Type == ElementType.Int32;
            return isIntegerMask ? formula + ".AsSingle()" : formula;
        }
    }

    sealed class CudaLanguage : KernelLanguage
    {
        public override string Type(ElementType type) => type switch
        {
            ElementType.Int32 => "const int",
            ElementType.Boolean => "const bool",
            _ => "const float",
        };

        public override string Constant(double number)
        {
            float single = (float)number;
            if (float.IsNaN(single)) return "__int_as_float(0x7fc00000)";
            if (float.IsInfinity(single)) return single > 0 ? "infinity()" : "(-infinity())";
            string text = single.ToString("R", CultureInfo.InvariantCulture);
            bool isWhole = text.IndexOfAny(['.', 'E', 'e']) < 0;
            string literal = text + (isWhole ? ".0f" : "f");
            return literal[0] == '-' ? $"({literal})" : literal;
        }

        public override string Zero => "0";

        public override string Number(string length) => $"(float){length}";

        public override string Repeat(string number) => number;

        public override string Round(StorageType storage, string number) =>
            $"to_float(from_float<{(storage == StorageType.Float16 ? "f16" : "bf16")}>({number}))";

        public override string Apply(Value value, object[] inputs) =>
            string.Format(CultureInfo.InvariantCulture, value.Op.Facet.Cuda, inputs);
    }
}
