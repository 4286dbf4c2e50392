import { ApiProperty } from '@nestjs/swagger';

export class WriteSecretDto {
  @ApiProperty({ description: 'Up to 8 KiB. It is never shown again.' }) value!: string;
  @ApiProperty({ type: [String], description: 'Where it may be sent: host, host:port or *.host.' }) hosts!: string[];
}

export class MakeSecretDto extends WriteSecretDto {
  @ApiProperty({ pattern: '^[a-z][a-z0-9_]{0,63}$' }) name!: string;
}

export class SecretDto {
  @ApiProperty() name!: string;
  @ApiProperty({ type: [String] }) hosts!: readonly string[];
  @ApiProperty() owner_id!: string;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) updated_at!: string;
}

export class SecretListDto {
  @ApiProperty({ type: [SecretDto] }) secrets!: SecretDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: string | null;
}
