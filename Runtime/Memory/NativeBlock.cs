using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Memory;

/// <summary>
/// Owns one native allocation, so that memory nobody disposed of goes back when the collector finds it.
/// </summary>
sealed unsafe class NativeBlock : SafeHandle
{
    /// <summary>Takes over an allocation of <see cref="NativeMemory"/>; null makes an invalid handle.</summary>
    public NativeBlock(void* start) : base(invalidHandleValue: 0, ownsHandle: true) => SetHandle((nint)start);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
