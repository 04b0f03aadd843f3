using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// A number that several threads change, alone on its cache lines: 128 bytes, since neighbouring lines of 64 are
/// fetched in pairs.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
struct PaddedCounter
{
    [FieldOffset(128)] public long Value;
}
