namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>One argument of a kernel: an address of the device, or a number. A kernel that declares four bytes reads
/// the lower ones.</summary>
public readonly unsafe struct KernelArgument
{
    readonly long bits;

    KernelArgument(long bits) => this.bits = bits;

    /// <summary>An address of the device.</summary>
    public static implicit operator KernelArgument(void* address) => new((long)address);

    /// <summary>A length or an index.</summary>
    public static implicit operator KernelArgument(long number) => new(number);

    /// <summary>A number.</summary>
    public static implicit operator KernelArgument(float number) =>
        new(System.BitConverter.SingleToInt32Bits(number));

    /// <summary>As four bytes that are a number.</summary>
    public override string ToString() => $"0x{bits:x}";
}
